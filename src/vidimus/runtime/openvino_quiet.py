"""OpenVINO, imported so that it tells nobody and two threads may begin with it at once.

Importing OpenVINO sends an event to its maker, unless the package `openvino_telemetry` cannot be
imported, the user once opted out, or a CI service runs it. So that package is hidden meanwhile.
"""

import sys

TELEMETRY = "openvino_telemetry"

_hidden = TELEMETRY not in sys.modules
if _hidden:
    # Python takes None for a module that cannot be imported.
    sys.modules[TELEMETRY] = None  # type: ignore[assignment]
try:
    import openvino
finally:
    if _hidden:
        del sys.modules[TELEMETRY]

# The first look-up of an array's type fills a table in native code. Two threads that do so at once
# wait for each other for ever (one holds the table, the other the interpreter), so it is done here.
openvino.Type.f32.to_dtype()

__all__ = ["openvino"]
