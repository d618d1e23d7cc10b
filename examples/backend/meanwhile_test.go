package main

import (
	"bytes"
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// Of two edits of one version one is kept, and the other is told.
func TestTwoEditsOfOneVersion(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	at := "/previews/" + ada.upload(oneHire).ID
	set := func(value string) m {
		return m{"version": 1, "edits": []m{{"op": "set", "row": 2, "field": "name", "value": value}}}
	}
	read[shownView](ada, http.StatusOK, ada.do("PATCH", at, set("Kate")))
	ada.fails(http.StatusConflict, "changed", ada.do("PATCH", at, set("Kathy")))
	v := read[shownView](ada, http.StatusOK, ada.do("GET", at, nil))
	require.Equal(t, "Kate", v.Rows[0].Cells["name"])
	ada.fails(http.StatusConflict, "changed", ada.do("POST", at+"/commit", m{"version": 1}))
}

// The same where both have read it before either writes.
func TestTwoSavesOfOneVersion(t *testing.T) {
	s := serve(t)
	ada := person{id: "u-ada", account: "acme", admin: true}
	id := s.as("u-ada").upload(oneHire).ID
	docs := documents{s.db}
	one, err := docs.load(t.Context(), ada, id)
	require.NoError(t, err)
	two, err := docs.load(t.Context(), ada, id)
	require.NoError(t, err)
	p, err := importer.Reopen(t.Context(), users.Open(memstore.New(), ada.actor(), nil), bytes.NewReader(one.body), mustTemplates(t)...)
	require.NoError(t, err)
	require.NoError(t, docs.save(t.Context(), one, p))
	var conflict *users.Conflict
	require.ErrorAs(t, docs.save(t.Context(), two, p), &conflict)
	require.ErrorAs(t, docs.close(t.Context(), two), &conflict, "nor may it be committed")
	require.NoError(t, docs.close(t.Context(), one))
	require.ErrorAs(t, docs.save(t.Context(), one, p), &conflict, "nor edited after that")
}

func mustTemplates(t *testing.T) []*importer.Template {
	t.Helper()
	all, err := templates()
	require.NoError(t, err)
	return all
}

// The same at one moment, and without a version: no edit gets lost unsaid.
func TestEditsAtOnce(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	at := "/previews/" + ada.upload(oneHire).ID
	const clients = 8
	status := make([]int, clients)
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			resp := ada.do("PATCH", at, m{"edits": []m{{"op": "add", "cells": m{"email": string(rune('a'+i)) + "@acme.example", "name": "X"}}}})
			resp.Body.Close()
			status[i] = resp.StatusCode
		})
	}
	wg.Wait()
	kept := 0
	for _, n := range status {
		require.Contains(t, []int{http.StatusOK, http.StatusConflict}, n)
		if n == http.StatusOK {
			kept++
		}
	}
	v := read[shownView](ada, http.StatusOK, ada.do("GET", at, nil))
	require.Positive(t, kept)
	require.Equal(t, 1+kept, v.Version)
	require.Len(t, v.Rows, 1+kept)
}

// Two clicks at one moment do the work once.
func TestCommitsAtOnce(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	at := "/previews/" + ada.upload(oneHire).ID
	status := make([]int, 4)
	var wg sync.WaitGroup
	for i := range status {
		wg.Go(func() {
			resp := ada.do("POST", at+"/commit", nil)
			resp.Body.Close()
			status[i] = resp.StatusCode
		})
	}
	wg.Wait()
	require.Contains(t, status, http.StatusOK)
	for _, n := range status {
		require.Contains(t, []int{http.StatusOK, http.StatusConflict}, n)
	}
	r := read[shownResult](ada, http.StatusOK, ada.do("POST", at+"/commit", nil))
	require.Equal(t, map[string]int{"created": 1}, r.Counts)
	require.Len(t, read[shownHistory](ada, http.StatusOK, ada.do("GET", "/imports", nil)).Imports, 1)
}

// The host's own program writes its table while a preview lies open.
func TestTableChangesMeanwhile(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	v := ada.upload("EMAIL,NAME,BADGE\nada@acme.example,Countess of Lovelace,0001\ngrace@acme.example,Rear Admiral Hopper,0042\nkatherine@acme.example,Katherine,0043\n")
	at := "/previews/" + v.ID
	require.Equal(t, map[string]int{"update": 2, "create": 1}, v.Summary.Actions)
	require.Empty(t, v.Changed)
	_, err := s.db.ExecContext(t.Context(), "UPDATE users SET name = name || ' (on leave)' WHERE account = 'acme'")
	require.NoError(t, err)

	v = read[shownView](ada, http.StatusOK, ada.do("GET", at+"?only=changed", nil))
	require.Equal(t, []int{2, 3}, v.Changed)
	require.True(t, v.Rows[1].Changed)
	require.Equal(t, shownChange{"name", "Grace Hopper (on leave)", "Rear Admiral Hopper"}, v.Rows[1].Changes[0])

	// Ada's is approved as it is now, Grace's is not.
	v = read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"version": 1, "seen": []int{2}}))
	require.Equal(t, []int{3}, v.Changed)
	r := read[shownResult](ada, http.StatusOK, ada.do("POST", at+"/commit", m{"version": 2}))
	require.Equal(t, map[string]int{"created": 1, "updated": 1, "conflict": 1}, r.Counts)
	require.False(t, r.Done)
	require.Equal(t, []string{"conflict", "grace@acme.example"}, []string{r.Left[0].Outcome, r.Left[0].Who})
	names := map[string]string{}
	for _, id := range []string{"u-ada", "u-grace"} {
		var name string
		require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT name FROM users WHERE id = ?", id).Scan(&name))
		names[id] = name
	}
	if d := cmp.Diff(map[string]string{"u-ada": "Countess of Lovelace", "u-grace": "Grace Hopper (on leave)"}, names); d != "" {
		t.Errorf("the table (-want +got):\n%s", d)
	}

	// The rows that were not imported are a new preview.
	rest := read[shownView](ada, http.StatusCreated, ada.do("POST", "/imports/"+v.ID+"/rest", nil))
	require.Equal(t, []int{3}, ids(rest.Rows))
	r = read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+rest.ID+"/commit", nil))
	require.Equal(t, map[string]int{"updated": 1}, r.Counts)
	ada.fails(http.StatusConflict, "nothing", ada.do("POST", "/imports/"+rest.ID+"/rest", nil))
}

// Every way of editing, and throwing the preview away.
func TestEdits(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	v := ada.upload("EMAIL,NAME,ROLE,Schild\nkatherine@acme.example,Katherine,Boss,0043\ntim@acme.example,Tim,Boss,0047\n")
	at := "/previews/" + v.ID
	require.Equal(t, 2, v.Summary.Errors)
	ada.fails(http.StatusBadRequest, "repair", ada.do("PATCH", at, m{"repair": m{"id": v.Repairs[0].ID}})) // nothing is suggested
	v = read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"repair": m{"id": v.Repairs[0].ID, "fix": "User"}}))
	require.Equal(t, []string{"User", "User"}, []string{v.Rows[0].Cells["role"], v.Rows[1].Cells["role"]})
	v = read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"replace": m{"field": "role", "from": "User", "to": "Account Admin"}}))
	require.Equal(t, []int{2, 3}, ids(v.Rows))
	v = read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"map": []m{{"column": 4, "field": "custom.badge"}}}))
	require.Equal(t, []int{2, 3}, ids(v.Rows))
	require.Equal(t, "0043", v.Rows[0].Cells["custom.badge"])
	v = read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"edits": []m{
		{"op": "clear", "row": 2, "field": "role"}, {"op": "remove", "row": 3}, {"op": "add", "cells": m{"email": "alan@acme.example", "name": "Alan"}},
	}}))
	require.Equal(t, []int{3}, v.Removed)
	require.Equal(t, []int{4}, v.Added)
	require.Equal(t, []int{2, 4}, ids(v.Rows))
	require.Empty(t, v.Rows[0].Cells["role"])
	require.Equal(t, 5, v.Version)

	require.Empty(t, ada.text(http.StatusNoContent, ada.do("DELETE", at, nil)))
	ada.fails(http.StatusNotFound, "not_found", ada.do("GET", at, nil))
}

// All or nothing, and a workbook as the body itself.
func TestAllOrNothing(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	before := s.people()
	v := ada.upload(oneHire + "tim@acme,Tim\n")
	r := read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+v.ID+"/commit", m{"all": true}))
	require.Equal(t, map[string]int{"skipped": 1, "failed": 1}, r.Counts)
	require.NotEmpty(t, r.Left[1].Findings[0].Message)
	require.Equal(t, before, s.people())

	book := ada.text(http.StatusOK, ada.do("GET", "/export/hires.xlsx", nil))
	v = read[shownView](ada, http.StatusCreated, ada.do("POST", "/previews?template=hires&mode=create&name=people.xlsx", book))
	require.Equal(t, map[string]int{"unchanged": 2}, v.Summary.Actions)
	require.Equal(t, "create", v.Mode)
}

// Removing the rights of many people needs an approval.
func TestApproval(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	admins, plain := "EMAIL,NAME,ROLE\n", "EMAIL,NAME,ROLE\n"
	for i := range 12 {
		email := string(rune('a'+i)) + "@acme.example"
		admins += email + ",X,Account Admin\n"
		plain += email + ",X,User\n"
	}
	v := ada.upload(admins)
	read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+v.ID+"/commit", nil))
	before := s.people()

	v = ada.upload(plain)
	require.Equal(t, []string{"brake", "mass.lowered"}, []string{v.Findings[0].Severity, v.Findings[0].Code})
	r := read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+v.ID+"/commit", nil))
	require.Equal(t, map[string]int{"skipped": 12}, r.Counts)
	require.Equal(t, before, s.people())

	rest := read[shownView](ada, http.StatusCreated, ada.do("POST", "/imports/"+v.ID+"/rest", nil))
	r = read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+rest.ID+"/commit", m{"approve": []string{"mass.lowered"}}))
	require.Equal(t, map[string]int{"updated": 12}, r.Counts)
}

// A person who is edited while an undo is open is kept.
func TestTableChangesBeforeUndo(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	v := ada.upload("EMAIL,NAME,BADGE\ngrace@acme.example,Rear Admiral Hopper,0042\nkatherine@acme.example,Katherine,0043\n")
	read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+v.ID+"/commit", nil))
	u := read[shownView](ada, http.StatusCreated, ada.do("POST", "/imports/"+v.ID+"/undo", nil))
	_, err := s.db.ExecContext(t.Context(), "UPDATE users SET name = 'Amazing Grace' WHERE id = 'u-grace'")
	require.NoError(t, err)
	r := read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+u.ID+"/commit", nil))
	require.Equal(t, map[string]int{"deleted": 1, "conflict": 1}, r.Counts)
	require.Contains(t, s.people(), "|Amazing Grace|0|0042|")
	rest := read[shownView](ada, http.StatusCreated, ada.do("POST", "/imports/"+u.ID+"/rest", nil))
	require.Equal(t, "update", rest.Rows[0].Action, "the badge can be as before, and the name stays")
}
