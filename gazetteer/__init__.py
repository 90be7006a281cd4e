"""Words to places: reads works out of reports and finds where they are. No Flask, no database session."""
