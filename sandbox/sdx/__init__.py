"""The stand-in for Spectrum Data Exchange: SOAP reads of jobs and phases, the REST vendor list, WSDLs and sign-in.

Written from `sandbox/reference/sdx-services.yaml` alone.
"""
