// What a camera wrote into a JPEG (Exif 2.32, CIPA DC-008): when, where and which way. Everything else is left alone.

const EXIF_IFD = 0x8769;
const GPS_IFD = 0x8825;
const ORIGINAL_TIME = 0x9003;
const ORIGINAL_OFFSET = 0x9011;
const GPS = { latRef: 1, lat: 2, lonRef: 3, lon: 4, direction: 17 };
const SIZES = { 2: 1, 3: 2, 4: 4, 5: 8 }; // bytes of ASCII, SHORT, LONG, RATIONAL

function segmentOf(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 < view.byteLength;) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return new DataView(view.buffer, view.byteOffset + at + 10, length - 8);
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return null;
    at += 2 + length;
  }
  return null;
}

function directory(tiff, at, little) {
  const entries = new Map();
  for (let number = tiff.getUint16(at, little), i = 0; i < number; i++) {
    const entry = at + 2 + 12 * i;
    const [tag, type, count] = [tiff.getUint16(entry, little), tiff.getUint16(entry + 2, little), tiff.getUint32(entry + 4, little)];
    if (!SIZES[type] || count > 64) continue;
    const from = SIZES[type] * count > 4 ? tiff.getUint32(entry + 8, little) : entry + 8;
    const values = Array.from({ length: count }, (_, n) => {
      const place = from + n * SIZES[type];
      if (type === 2) return String.fromCharCode(tiff.getUint8(place));
      if (type === 3) return tiff.getUint16(place, little);
      if (type === 4) return tiff.getUint32(place, little);
      return tiff.getUint32(place, little) / tiff.getUint32(place + 4, little);
    });
    entries.set(tag, type === 2 ? values.join("").replace(/\0.*$/, "") : values);
  }
  return entries;
}

function degrees(values, reference, negative) {
  if (values?.length !== 3) return null;
  const value = values[0] + values[1] / 60 + values[2] / 3600;
  return reference === negative ? -value : value;
}

/** { takenAt: Date | null, lon, lat, direction }: each null where the file does not say it or says nonsense. */
export function readExif(buffer) {
  const nothing = { takenAt: null, lon: null, lat: null, direction: null };
  try {
    const tiff = segmentOf(new DataView(buffer));
    if (!tiff) return nothing;
    const little = tiff.getUint16(0) === 0x4949;
    const main = directory(tiff, tiff.getUint32(4, little), little);
    const exif = main.has(EXIF_IFD) ? directory(tiff, main.get(EXIF_IFD)[0], little) : new Map();
    const gps = main.has(GPS_IFD) ? directory(tiff, main.get(GPS_IFD)[0], little) : new Map();
    const [, date, time] = /^(\d{4}:\d\d:\d\d) (\d\d:\d\d:\d\d)/.exec(exif.get(ORIGINAL_TIME) ?? "") ?? [];
    const takenAt = date ? new Date(`${date.replaceAll(":", "-")}T${time}${exif.get(ORIGINAL_OFFSET) ?? ""}`) : null;
    const lat = degrees(gps.get(GPS.lat), gps.get(GPS.latRef), "S");
    const lon = degrees(gps.get(GPS.lon), gps.get(GPS.lonRef), "W");
    const here = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && lat !== null && lon !== null && (lat !== 0 || lon !== 0);
    const direction = gps.get(GPS.direction)?.[0] ?? null;
    return {
      takenAt: takenAt && !Number.isNaN(takenAt.getTime()) ? takenAt : null,
      lon: here ? lon : null, lat: here ? lat : null,
      direction: direction !== null && direction >= 0 && direction < 360 ? direction : null,
    };
  } catch {
    return nothing; // a damaged header is no reason to refuse the picture
  }
}
