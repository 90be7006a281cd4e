"""The index: whole or not there, replaced by a new load, one load at a time."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.build import build_index
from gazetteer.errors import GuatuError
from gazetteer.geocode import Gazetteer, Query
from gazetteer.index import FORMAT, MAX_SLIPS, current_generations
from gazetteer.keys import hash_texts, key_of
from gazetteer.place import Place
from gazetteer.vocabulary import Precision
from tests.support.grid import SOURCE

POINT = shapely.Point(120.1, 28.9)
STEMS = "梅兰竹菊松柏桃李杏梨枣桐槐榆柳杨枫桂"


def village(name: str, key: str = "1") -> Place:
    return Place(key, name, "village", POINT)


def found(directory: Path, name: str) -> bool:
    return Gazetteer.open(directory).geocode(Query("1", name)).precision is Precision.EXACT


def test_a_new_load_replaces_the_old_one(tmp_path: Path) -> None:
    build_index(SOURCE, [village("象珠村")], tmp_path)
    build_index(SOURCE, [village("花园村")], tmp_path)
    assert found(tmp_path, "花园村")
    assert not found(tmp_path, "象珠村")
    assert len(list((tmp_path / SOURCE.name).glob("[0-9]*"))) == 1


def test_a_load_that_breaks_leaves_the_old_one(tmp_path: Path) -> None:
    build_index(SOURCE, [village("象珠村")], tmp_path)

    def breaking() -> Iterator[Place]:
        yield village("花园村")
        raise GuatuError("cut")

    with pytest.raises(GuatuError, match="cut"):
        build_index(SOURCE, breaking(), tmp_path)
    assert found(tmp_path, "象珠村")
    assert not list((tmp_path / SOURCE.name).glob("*.part"))


def test_what_a_killed_load_left_is_not_seen_and_swept_away(tmp_path: Path) -> None:
    left = tmp_path / SOURCE.name / "00000000000000000001.part"
    left.mkdir(parents=True)
    assert current_generations(tmp_path) == []
    build_index(SOURCE, [village("象珠村")], tmp_path)
    assert not left.exists()


def test_a_second_load_at_the_same_time_is_told(tmp_path: Path) -> None:
    (tmp_path / SOURCE.name).mkdir()
    with (tmp_path / f".{SOURCE.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(GuatuError, match="being loaded"):
            build_index(SOURCE, [village("象珠村")], tmp_path)


def test_a_source_without_places_changes_nothing(tmp_path: Path) -> None:
    build_index(SOURCE, [village("象珠村")], tmp_path)
    with pytest.raises(GuatuError, match="no named place"):
        build_index(SOURCE, [], tmp_path)
    assert found(tmp_path, "象珠村")


def test_an_empty_gazetteer_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GuatuError, match="guatu gazetteer load"):
        Gazetteer.open(tmp_path)


@pytest.mark.parametrize("damage", ["keys.npy", "places.arrow", "source.json"])
def test_a_damaged_index_is_to_be_loaded_again(tmp_path: Path, damage: str) -> None:
    build_index(SOURCE, [village("象珠村")], tmp_path)
    (generation,) = current_generations(tmp_path)
    (generation / damage).write_bytes(b"\x00\x01")
    with pytest.raises(GuatuError, match="load this source again"):
        Gazetteer.open(tmp_path)


@pytest.mark.parametrize("old", [{"format": 0}, {}])
def test_an_index_of_another_version_is_to_be_loaded_again(tmp_path: Path, old: dict[str, int]) -> None:
    build_index(SOURCE, [village("象珠村")], tmp_path)
    header = current_generations(tmp_path)[0] / "source.json"
    rest = {key: value for key, value in json.loads(header.read_text()).items() if key != "format"}
    header.write_text(json.dumps(rest | old))
    with pytest.raises(GuatuError, match="another version, load this source again") as error:
        Gazetteer.open(tmp_path)
    assert "\n" not in str(error.value)


def test_the_version_changes_with_the_files(tmp_path: Path) -> None:
    """Whoever changes what is written here raises FORMAT, so that an older index is refused and not misread."""
    build_index(SOURCE, [village("象珠村")], tmp_path)
    (generation,) = current_generations(tmp_path)
    columns = {
        path.stem: pa.ipc.open_file(path.read_bytes()).schema.names for path in sorted(generation.glob("*.arrow"))
    }
    arrays = {path.stem: np.load(path).dtype.str for path in sorted(generation.glob("*.npy"))}
    assert (FORMAT, columns, arrays) == (
        2,
        {
            "forms": ["text", "rule", "suffix", "prefix"],
            "names": ["name"],
            "places": ["key", "name", "adcode", "parent", "geometry", "links"],
        },
        {
            **{"boxes": "<f8", "form_names": "<i4", "key_forms": "<i4", "keys": "<u8", "kinds": "|u1"},
            **{"lengths": "<f4", "name_places": "<i4", "name_start": "<i8", "points": "<f8"},
        },
    )


@given(st.text(min_size=1, max_size=40))
def test_one_text_and_many_have_the_same_keys(text: str) -> None:
    assert key_of(text) == hash_texts([text, "象珠村"]).whole[list(hash_texts([text, "象珠村"]).whole_of).index(0)]


def test_loading_and_finding_wait_for_no_library_they_do_not_use(tmp_path: Path) -> None:
    """pandas and pypinyin's phrases take a third of a second each to import."""
    code = f"""
import sys
from pathlib import Path
import shapely
from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer
from gazetteer.index import FEW
from gazetteer.place import Place, Source
places = [Place(str(n), f"象珠{{stem}}村", "village", shapely.Point(n, 30)) for n, stem in enumerate({STEMS!r})]
assert len(places) > FEW
build_index(Source("x", "x", "x", "x"), places, Path({str(tmp_path)!r}))
print(len(Gazetteer.open(Path({str(tmp_path)!r})).find("象珠楼村", limit=99).candidates))
print(sorted({{"pandas", "pypinyin"}} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == [str(len(STEMS)), "[]"]


def test_a_village_without_coordinates_lies_in_its_town(tmp_path: Path) -> None:
    town = Place("330784101", "象珠镇", "town", POINT.buffer(0.05), adcode="330784101")
    places = [town, Place("330784101201", "下里溪村", "village", None, adcode="330784101201", parent="330784101")]
    build_index(SOURCE, places, tmp_path)
    answer = Gazetteer.open(tmp_path).geocode(Query("1", "下里溪村", within="330784101"))
    assert answer.precision is Precision.TOWN
    assert "只有名称没有坐标" in answer.why


def test_a_slip_in_a_name_that_hundreds_resemble_is_found_within_its_county(tmp_path: Path) -> None:
    stems = [chr(code) for code in range(0x4E10, 0x4E10 + 3 * MAX_SLIPS)]
    places = [Place(str(n), f"{stem}家坞", "village", shapely.Point(100 + n / 10, 30)) for n, stem in enumerate(stems)]
    places.append(Place("x", "郑家坞", "village", POINT))
    build_index(SOURCE, places, tmp_path)
    within = (POINT.x - 0.04, POINT.y - 0.1, POINT.x + 0.04, POINT.y + 0.1)
    gazetteer = Gazetteer.open(tmp_path)
    assert [c.name for c in gazetteer.find("Q家坞", area=gazetteer.area(within)).candidates] == ["郑家坞"]
    assert not gazetteer.find("Q家坞").candidates
