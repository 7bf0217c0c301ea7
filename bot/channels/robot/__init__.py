"""群机器人: lists for the groups of 企业微信, one way only."""
