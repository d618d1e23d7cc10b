// Command backend is the host's side of usher: a small web service whose people
// are in a table of its own, and into which an administrator imports files.
//
//	go run ./examples/backend
//
// It listens on 127.0.0.1:8080 and prints what to do next. It is there to be
// copied from: package net/http, a database, and nothing else.
//
//	database.go     the host's tables, and how usher is told of its users
//	session.go      who sent a request, and what actor that is
//	template.go     a kind of file of the host's own; blank templates, exports
//	documents.go    previews between two requests, in a table, with a version
//	request.go      reading uploads, bodies and queries
//	previews.go     upload, look, correct in a spreadsheet
//	corrections.go  what a PATCH may say
//	imports.go      commit, history, reports, undo, the rest of an import
//	view.go         what a screen gets
//	respond.go      answers, and errors in a status and in words
//	server.go       the routes, and what all of them need
//
// # Routes
//
//	POST   /previews?template=hires         a CSV file or workbook, as a form or the body itself; mode, label, map=COLUMN:FIELD
//	GET    /previews/{id}                   only=errors|findings|changed|ACTION, text, after, limit
//	PATCH  /previews/{id}                   {"version": 1, …} and one of
//	                                          "edits": [{"op": "set", "row": 4, "field": "email", "value": "…"},
//	                                                    {"op": "clear", "row": 4, "field": "role"},
//	                                                    {"op": "remove", "row": 4}, {"op": "add", "cells": {"email": "…"}}]
//	                                          "repair": {"id": "…"}, with a "fix" of one's own where none is suggested
//	                                          "replace": {"field": "role", "from": "Boss", "to": "Account Admin"}
//	                                          "map": [{"column": 4, "field": "custom.badge"}]
//	                                          "seen": [4]
//	DELETE /previews/{id}
//	GET    /previews/{id}/failing.xlsx      the rows in error, to be corrected in a spreadsheet; also .csv
//	POST   /previews/{id}/failing           the same file, corrected
//	POST   /previews/{id}/commit            {"version": 2, "all": true, "strict": true, "approve": ["mass.lowered"]}, or nothing
//	GET    /imports                         template, text, after, limit
//	GET    /imports/{id}                    the report as JSON lines; with .xlsx or .csv as a file
//	POST   /imports/{id}/undo               a preview of taking it back
//	POST   /imports/{id}/rest               a preview of the rows that were not done
//	GET    /templates/{name}.xlsx           also .csv
//	GET    /export/{template}.xlsx          also .csv
//
// What is answered stands in view.go and imports.go. An error is {"error":
// {"code", "message", "request"}}, the message in the language of
// Accept-Language: 400 for what was asked wrongly, 401, 403, 404 for what is not
// there or is somebody else's, 409 where somebody was faster, 413, 422 with "row"
// and "args" for a file that was refused, 503 for a commit that was cut off: the
// same request goes on with it.
//
// # What is the host's
//
// Signing in (here sessions are handed out when the program starts), who is an
// administrator, the size of a request, the log, how long previews are kept.
package main
