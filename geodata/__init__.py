"""Where works and places are kept: models, session, the private PostGIS cluster, imports, exports, datums."""
