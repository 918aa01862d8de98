"""Intake: files become rows of the store; what cannot is told with its line and a reason."""
