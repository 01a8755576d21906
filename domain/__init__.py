"""The rules of OKRs: one aggregate, one file, read downwards. No I/O, no clock, nothing of ours imported from outside."""
