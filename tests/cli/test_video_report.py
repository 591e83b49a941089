"""The page about a video: whole in itself, safe whatever was read in the video, and complete."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_contact_sheet import Page
from tests.cli.test_people_lanes import clip
from vidimus.cli.clip import Still, WatchedClip
from vidimus.cli.timeline import Course, Kind, Lane, Span, Timeline
from vidimus.cli.video_report import write_report
from vidimus.errors import InvalidParameter
from vidimus.geometry import BoundingBox

PICTURE = "data:image/jpeg;base64,AAAA"
EVIL = "</script><img src=x onerror=alert(1)>"
TIMELINE = Timeline(
    (
        Lane(Kind.SHOTS, "shots", (Span(0, 30_000, 99.0, "shot 1"), Span(30_000, 60_000, 80.0))),
        Lane(Kind.PEOPLE, "Ada", (Span(1000, 2000), Span(40_000, 41_500)), ("Known.",)),
        Lane(Kind.TEXT, EVIL, (Span(500, 1500, 91.0),)),
    ),
    (Course(Kind.PEOPLE, "Ada", (1000, 1200), (BoundingBox(0.1, 0.2, 0.3, 0.4),) * 2, 300),),
)


def watched(folder: Path, name: str = "a clip #1.mp4") -> WatchedClip:
    path = folder / name
    path.write_bytes(b"not really a video")
    made = clip({})
    return WatchedClip(
        path=path,
        info=made.info,
        end_ms=60_000,
        frames=1500,
        skipped=2,
        findings={},
        concluded={},
        every_ms={},
        failures={},
        stills=(Still(0, PICTURE), Still(30_000, PICTURE)),
    )


def page_of(tmp_path: Path, *, embed: bool = False, timeline: Timeline = TIMELINE) -> Page:
    folder = tmp_path / "clips"
    folder.mkdir(exist_ok=True)
    page = tmp_path / "report.html"
    tellings = [("people", "every 200 ms", "PersonTracking"), ("text", "", "left out: no net")]
    write_report(page, watched(folder), timeline, {1: PICTURE}, tellings, embed=embed)
    return Page(page.read_text(encoding="utf-8"))


def test_everything_that_was_seen_is_there(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    for words in ("a clip #1.mp4", "1:00", "640 × 480", "h264, silent", "Ada", "Known.", EVIL):
        assert words in page.text
    assert "2 damaged frames left out" in page.text
    assert "left out: no net" in page.text
    assert len(page.all("div", "row lane")) == 3
    assert len([each for each in page.all("b") if "data-span" in each]) == 5


def test_the_script_knows_the_times_and_the_boxes(tmp_path: Path) -> None:
    page_of(tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    (story,) = re.findall(r'<script type="application/json" id="story">(.+?)</script>', text)
    told = json.loads(story)
    assert told["lanes"][1]["spans"] == [[1000, 2000], [40_000, 41_500]]
    assert told["lanes"][2]["name"] == EVIL
    assert told["courses"][0]["boxes"][0] == [0.1, 0.2, 0.3, 0.4]
    assert told["duration_ms"] == 60_000
    assert told["frame_ms"] == 40


def test_the_page_asks_for_nothing_but_the_clip(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "link"
        if tag != "video":
            assert (attributes.get("src") or "data:").startswith("data:")
    (policy,) = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    assert "default-src 'none'" in (policy or "")
    (video,) = page.all("video")
    assert video["src"] == "clips/a%20clip%20%231.mp4"


def test_the_clip_can_be_embedded(tmp_path: Path) -> None:
    (video,) = page_of(tmp_path, embed=True).all("video")
    assert (video["src"] or "").startswith("data:video/mp4;base64,")


def test_a_clip_too_large_to_embed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidimus.cli.video_report.MOST_EMBEDDED", 3)
    with pytest.raises(InvalidParameter, match="--embed"):
        page_of(tmp_path, embed=True)


def test_a_clip_in_which_nothing_was_seen(tmp_path: Path) -> None:
    assert page_of(tmp_path, timeline=Timeline()).all("div", "row lane") == []


def test_what_can_be_reached_by_keyboard_is_a_button(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    assert len([each for each in page.all("button") if "aria-pressed" in each]) == 3 + 3
