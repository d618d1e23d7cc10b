package main

import "time"

// The JSON that a client reads. The types are repeated here, because they are a promise:
// a field that is renamed on one side only fails the tests.

type shownView struct {
	ID       string         `json:"id"`
	Version  int            `json:"version"`
	Template string         `json:"template"`
	Mode     string         `json:"mode"`
	Summary  shownSummary   `json:"summary"`
	Recap    []string       `json:"recap"`
	Findings []shownFinding `json:"findings"`
	Repairs  []shownRepair  `json:"repairs"`
	Changed  []int          `json:"changed"`
	Rows     []shownRow     `json:"rows"`
	Next     int            `json:"next"`
	Added    []int          `json:"added"`
	Removed  []int          `json:"removed"`
}

type shownSummary struct {
	Rows    int            `json:"rows"`
	Actions map[string]int `json:"actions"`
	Codes   map[string]int `json:"codes"`
	Errors  int            `json:"errors"`
}

type shownFinding struct {
	Severity string            `json:"severity"`
	Code     string            `json:"code"`
	Row      int               `json:"row"`
	Line     int               `json:"line"`
	Column   int               `json:"column"`
	Cell     string            `json:"cell"`
	Heading  string            `json:"heading"`
	Field    string            `json:"field"`
	Value    string            `json:"value"`
	Args     map[string]string `json:"args"`
	Fix      *string           `json:"fix"`
	Message  string            `json:"message"`
}

type shownRepair struct {
	ID   string `json:"id"`
	Rows int    `json:"rows"`
	shownFinding
}

type shownChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

type shownRow struct {
	ID       int               `json:"id"`
	Number   int               `json:"row"`
	Line     int               `json:"line"`
	Action   string            `json:"action"`
	Changed  bool              `json:"changed"`
	Who      string            `json:"who"`
	Changes  []shownChange     `json:"changes"`
	Cells    map[string]string `json:"cells"`
	Findings []shownFinding    `json:"findings"`
}

type shownImport struct {
	ID       string         `json:"id"`
	Account  string         `json:"account"`
	Label    string         `json:"label"`
	Template string         `json:"template"`
	Actor    string         `json:"actor"`
	Mode     string         `json:"mode"`
	Files    []string       `json:"files"`
	At       time.Time      `json:"at"`
	State    string         `json:"state"`
	Undoes   string         `json:"undoes"`
	Counts   map[string]int `json:"counts"`
}

type shownResult struct {
	shownImport
	Message string      `json:"message"`
	Done    bool        `json:"done"`
	Left    []shownLine `json:"left"`
}

type shownLine struct {
	ID       int            `json:"id"`
	Number   int            `json:"row"`
	Line     int            `json:"line"`
	Action   string         `json:"action"`
	Outcome  string         `json:"outcome"`
	Who      string         `json:"who"`
	User     string         `json:"user"`
	Changes  []shownChange  `json:"changes"`
	Findings []shownFinding `json:"findings"`
}

type shownHistory struct {
	Imports []shownPast `json:"imports"`
	Next    string      `json:"next"`
}

type shownPast struct {
	shownImport
	Rows int `json:"rows"`
}

type shownError struct {
	Error struct {
		Code    string            `json:"code"`
		Message string            `json:"message"`
		Request string            `json:"request"`
		Row     int               `json:"row"`
		Args    map[string]string `json:"args"`
	} `json:"error"`
}
