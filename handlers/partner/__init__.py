"""Partners 对接单位: systems that send matters in and follow them (12345, 综治, sensors)."""
