"""The intake: partners 对接单位 send matters in, follow them, and are told of changes (Open311)."""
