"""The rules of OKRs: one aggregate, one file, read downwards. No I/O, no clock, and nothing of ours from outside."""
