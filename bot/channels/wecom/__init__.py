"""企业微信: the staff's side."""
