package reststore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
)

// This file is the ground of the tests: an API that keeps people and speaks
// HTTP, and a client of it that is a reststore.Service.

// A wire is a person as the API says it.
type wire struct {
	users.Head
	Profile users.Profile `json:"profile"`
}

func wireOf(r users.Record) wire {
	return wire{Head: r.Head, Profile: *r.Data.(*users.Profile)}
}

func (w wire) record() users.Record { return users.Record{Head: w.Head, Data: &w.Profile} }

// An api is the server. Every person has an ETag, and one address of an account
// is one person's: a second is 409.
type api struct {
	people *memstore.Store
	*httptest.Server

	mu    sync.Mutex
	calls int
	// before and after are asked around the n-th request: if one says true, the
	// connection is cut, and the client hears nothing.
	before, after func(n int) bool
	// late is asked too: if it says true, the connection is cut and the request
	// is under way still; land has it arrive.
	late func(n int) bool
	land func()
	// meanwhile is called before the n-th request, for what others do.
	meanwhile func(n int)
}

func newAPI(t testing.TB) *api {
	t.Helper()
	a := &api{people: memstore.New()}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /people/find", a.find)
	mux.HandleFunc("POST /people/list", a.list)
	mux.HandleFunc("PUT /people/{id}", a.put)
	mux.HandleFunc("DELETE /people/{id}", a.remove)
	a.Server = httptest.NewServer(a.faulty(mux))
	t.Cleanup(a.Close)
	return a
}

// faulty cuts connections when it is told.
func (a *api) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.calls++
		n, before, after, late, meanwhile := a.calls, a.before, a.after, a.late, a.meanwhile
		a.mu.Unlock()
		if meanwhile != nil {
			meanwhile(n)
		}
		if before != nil && before(n) {
			panic(http.ErrAbortHandler)
		}
		if late != nil && late(n) {
			body, _ := io.ReadAll(r.Body)
			then := r.Clone(context.WithoutCancel(r.Context()))
			then.Body = io.NopCloser(bytes.NewReader(body))
			a.told(func() { a.land = func() { next.ServeHTTP(httptest.NewRecorder(), then) } })
			panic(http.ErrAbortHandler)
		}
		if after == nil || !after(n) {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
}

// told changes what the server is told; its requests are answered on other goroutines.
func (a *api) told(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *api) disarm() {
	a.told(func() { a.before, a.after, a.late, a.meanwhile = nil, nil, nil, nil })
}

// arrival is the request that is under way still; nil if there is none.
func (a *api) arrival() (land func()) {
	a.told(func() { land = a.land })
	return land
}

func (a *api) requests() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls
}

func (a *api) find(w http.ResponseWriter, r *http.Request) {
	var keys []users.Key
	if err := json.NewDecoder(r.Body).Decode(&keys); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	recs, err := a.people.Find(r.Context(), keys)
	answer(w, users.Page{Records: recs}, err)
}

func (a *api) list(w http.ResponseWriter, r *http.Request) {
	var q users.Query
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	page, err := a.people.List(r.Context(), q)
	answer(w, page, err)
}

// A pageWire is what find and list answer.
type pageWire struct {
	People []wire `json:"people"`
	Next   string `json:"next,omitempty"`
	Total  int    `json:"total,omitempty"`
}

func answer(w http.ResponseWriter, page users.Page, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out := pageWire{Next: page.Next, Total: page.Total}
	for _, r := range page.Records {
		out.People = append(out.People, wireOf(r))
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (a *api) put(w http.ResponseWriter, r *http.Request) {
	var p wire
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if p.Profile.Mobile == "+999" {
		http.Error(w, "mobile", http.StatusUnprocessableEntity)
		return
	}
	rec := p.record()
	a.write(w, r, &rec)
}

func (a *api) remove(w http.ResponseWriter, r *http.Request) { a.write(w, r, nil) }

func (a *api) write(w http.ResponseWriter, r *http.Request, rec *users.Record) {
	version := uint64(0)
	if tag := r.Header.Get("If-Match"); tag != "" {
		var err error
		if version, err = strconv.ParseUint(strings.Trim(tag, `"`), 10, 64); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	err := a.people.Apply(r.Context(), users.Batch{Import: "api", Writes: []users.Write{{ID: users.ID(r.PathValue("id")), Version: version, Record: rec}}})
	var conflict *users.Conflict
	switch {
	case errors.As(err, &conflict) && len(conflict.Stale) > 0:
		http.Error(w, "changed", http.StatusPreconditionFailed)
	case errors.As(err, &conflict):
		http.Error(w, "taken", http.StatusConflict)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		w.Header().Set("ETag", strconv.Quote(strconv.FormatUint(version+1, 10)))
	}
}

// A client is the API as a Service.
type client struct {
	url  string
	http *http.Client
}

var _ reststore.Service = client{}

func (a *api) client() client { return client{a.URL, a.Client()} }

// call sends body, and decodes what it is answered into out.
func (c client) call(ctx context.Context, method, path string, header http.Header, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header = header
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		if out == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			return err
		}
		return json.NewDecoder(resp.Body).Decode(out)
	case http.StatusPreconditionFailed:
		return reststore.Stale
	case http.StatusConflict:
		return reststore.Taken
	case http.StatusUnprocessableEntity:
		return &users.Denied{Refusals: []users.Refused{{ID: users.ID(path[len("/people/"):]), Field: "mobile", Problem: users.Problem{Code: "mobile.form"}}}}
	}
	return fmt.Errorf("%s %s: %s", method, path, resp.Status)
}

func (c client) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	page, err := c.page(ctx, "/people/find", keys)
	return page.Records, err
}

func (c client) List(ctx context.Context, q users.Query) (users.Page, error) {
	return c.page(ctx, "/people/list", q)
}

func (c client) page(ctx context.Context, path string, body any) (users.Page, error) {
	var w pageWire
	err := c.call(ctx, http.MethodPost, path, http.Header{}, body, &w)
	page := users.Page{Next: w.Next, Total: w.Total}
	for _, p := range w.People {
		page.Records = append(page.Records, p.record())
	}
	return page, err
}

func (c client) Put(ctx context.Context, rec users.Record, version uint64) error {
	return c.call(ctx, http.MethodPut, "/people/"+string(rec.ID), match(version), wireOf(rec), nil)
}

func (c client) Delete(ctx context.Context, id users.ID, version uint64) error {
	return c.call(ctx, http.MethodDelete, "/people/"+string(id), match(version), nil, nil)
}

func match(version uint64) http.Header {
	if version == 0 {
		return http.Header{"If-None-Match": {"*"}}
	}
	return http.Header{"If-Match": {strconv.Quote(strconv.FormatUint(version, 10))}}
}
