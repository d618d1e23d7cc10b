// Command backend is an example of a host of usher: a small web service with its
// own table of people, into which an administrator imports files.
//
//	go run ./examples/backend
//
// It listens on 127.0.0.1:8080 and prints a first command. Copy from it: it uses
// only net/http and a database.
//
//	database.go     the tables of the host, and their mapping to usher
//	session.go      the sender of a request, and the actor
//	template.go     a template of the host; blank templates, exports
//	documents.go    previews between two requests, in a table, with a version
//	request.go      reading uploads, bodies and queries
//	previews.go     upload, view, correct in a spreadsheet
//	corrections.go  the body of a PATCH
//	imports.go      commit, history, reports, undo, remaining rows
//	view.go         the JSON of a preview
//	respond.go      answers and errors
//	server.go       the routes and their common steps
//
// # Routes
//
//	POST   /previews?template=hires         a CSV file or workbook, as a form or the body itself; mode, label, map=COLUMN:FIELD
//	GET    /previews/{id}                   only=errors|findings|changed|ACTION, text, after, limit
//	PATCH  /previews/{id}                   {"version": 1, …} and one of
//	                                          "edits": [{"op": "set", "row": 4, "field": "email", "value": "…"},
//	                                                    {"op": "clear", "row": 4, "field": "role"},
//	                                                    {"op": "remove", "row": 4}, {"op": "add", "cells": {"email": "…"}}]
//	                                          "repair": {"id": "…"}, with a "fix" if none is suggested
//	                                          "replace": {"field": "role", "from": "Boss", "to": "Account Admin"}
//	                                          "map": [{"column": 4, "field": "custom.badge"}]
//	                                          "seen": [4]
//	DELETE /previews/{id}
//	GET    /previews/{id}/failing.xlsx      the rows with errors, to correct in a spreadsheet; also .csv
//	POST   /previews/{id}/failing           the same file, corrected
//	POST   /previews/{id}/commit            {"version": 2, "all": true, "strict": true, "approve": ["mass.lowered"]}, or nothing
//	GET    /imports                         template, text, after, limit
//	GET    /imports/{id}                    the report as JSON lines; with .xlsx or .csv as a file
//	POST   /imports/{id}/undo               a preview of the undo
//	POST   /imports/{id}/rest               a preview of the rows that were not imported
//	GET    /templates/{name}.xlsx           also .csv
//	GET    /export/{template}.xlsx          also .csv
//
// The answers are declared in view.go and imports.go. An error is {"error":
// {"code", "message", "request"}}, with the message in the language of
// Accept-Language. The status is 400 for a request that is not valid, 401, 403,
// 404 for data that does not exist or belongs to another account, 409 for data
// that has changed, 413, 422 with "row" and "args" for a refused file, and 503
// for an interrupted commit, which the same request resumes.
//
// # Tasks of the host
//
// The login (here the program creates sessions when it starts), the choice of
// administrators, the size of a request, the log, and the lifetime of previews.
package main
