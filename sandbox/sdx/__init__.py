"""The stand-in for Spectrum Data Exchange: reads of jobs, phases and vendors, services that write, WSDLs and sign-in.

Written from `sandbox/reference/sdx-services.yaml` alone.
"""
