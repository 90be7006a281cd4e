"""What gunicorn loads: the application, told by its environment where the database is and what to sign with."""

import os

from webmap.app import create_app

app = create_app(os.environ["DATABASE_URL"], SECRET_KEY=os.environ["GUATU_SECRET_KEY"])
