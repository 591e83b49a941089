"""The files of bulk jobs, in the words of the API: manifest, results and summary."""

import msgspec

from vidimus.engine.bulk import BulkTally, BulkWish, LineRefused
from vidimus.engine.engine import Engine
from vidimus.errors import CallerError
from vidimus.operations.moderation import MAX_SIDE, moderation_words
from vidimus.operations.pictures import load_picture
from vidimus.vision.moderation import detect_moderation_labels, moderation_model_version
from vidimus.wire import shapes

INVALID_JSON_LINE = "INVALID_JSON_LINE"
MISSING_SOURCE_REF = "MISSING_SOURCE_REF"
INVALID_SOURCE_REF = "INVALID_SOURCE_REF_FORMAT"
INVALID_IMAGE = "INVALID_IMAGE"

_SCHEME = "s3://"
_VERSION = "1.0"
# Messages quote what a line names, but not a whole line of garbage.
_LONGEST_QUOTE = 1024


class ModerationBulk:
    """DetectModerationLabels on every picture of a manifest."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def model_version(self) -> str:
        """The version that DetectModerationLabels answers with."""
        return moderation_model_version(self._engine.nets)

    def carry_out(self, line: bytes, wish: BulkWish) -> bytes:
        """Return the line of the results for a line of the manifest.

        Raises LineRefused for a line that names no picture and for a picture that
        DetectModerationLabels would refuse, and StorageUnavailable.
        """
        source = _source_of(line)
        try:
            picture = load_picture(self._engine, _place_of(source), max_side=MAX_SIDE)
        except CallerError as trouble:
            raise LineRefused(source, INVALID_IMAGE, trouble.message) from trouble
        found = detect_moderation_labels(self._engine.look_at(picture), wish.min_confidence)
        answer = {"source-ref": source, "detect-moderation-labels": moderation_words(found)}
        return msgspec.json.encode(answer)

    def summary(self, tally: BulkTally) -> bytes:
        """Return the summary; `line-numer` is spelled as Amazon spells it."""
        errors = [
            {
                "line-numer": fault.line,
                **({} if fault.source is None else {"source-ref": fault.source}),
                "code": fault.code,
                "message": fault.message,
            }
            for fault in tally.faults
        ]
        statistics = {
            "total-json-lines": tally.lines,
            "valid-json-lines": tally.done,
            "invalid-json-lines": len(tally.faults),
        }
        summary = {"version": _VERSION, "statistics": statistics, "errors": errors}
        return msgspec.json.format(msgspec.json.encode(summary)) + b"\n"


def _source_of(line: bytes) -> str:
    try:
        content = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as trouble:
        raise LineRefused(None, INVALID_JSON_LINE, f"The line is not JSON: {trouble}") from trouble
    if not isinstance(content, dict):
        raise LineRefused(None, INVALID_JSON_LINE, "The line is not a JSON object")
    source = content.get("source-ref")
    if source is None:
        raise LineRefused(None, MISSING_SOURCE_REF, "The line has no source-ref")
    if not isinstance(source, str) or len(source) > _LONGEST_QUOTE:
        said = f"source-ref: a text of at most {_LONGEST_QUOTE} letters is wanted"
        raise LineRefused(None, INVALID_SOURCE_REF, said)
    return source


def _place_of(source: str) -> shapes.Image:
    bucket, _, name = source.removeprefix(_SCHEME).partition("/")
    if not source.startswith(_SCHEME) or not bucket or not name:
        said = "source-ref: s3://bucket/name is wanted"
        raise LineRefused(source, INVALID_SOURCE_REF, said)
    return {"S3Object": {"Bucket": bucket, "Name": name}}
