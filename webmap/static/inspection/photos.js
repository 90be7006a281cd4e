// A photo as it is kept and sent: shrunk, drawn anew so that nothing of the original's metadata is left, with its time, place
// and direction beside it.

import { readExif } from "./exif.js";

const LONGEST_SIDE = 2048; // pixels: a signboard across a road can still be read
const QUALITY = 0.8; // of JPEG: some 400 KB at that size

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Makes { id, blob, sha256, size, taken_at, position, direction } of a file. `position` is where the device is now, used where
 * the file does not say where it was taken. Rejects where the file is no picture.
 */
export async function preparePhoto(file, position) {
  const { takenAt, lon, lat, direction } = readExif(await file.slice(0, 256 * 1024).arrayBuffer());
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
  return {
    id: crypto.randomUUID(),
    blob,
    sha256: hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())),
    size: blob.size,
    taken_at: (takenAt ?? new Date()).toISOString(),
    position: lon === null ? position : { lon, lat, accuracy_m: 0 },
    direction,
  };
}

/** What a check says of a photo; the bytes follow it. */
export const announced = ({ id, sha256, size, taken_at, position, direction }) => ({ id, sha256, size, taken_at, position, direction });
