"""OpenVINO, imported so that it tells nobody.

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

__all__ = ["openvino"]
