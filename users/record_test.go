package users_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

// A record comes back as a Store would keep it, whatever it is about.
func TestRecordInOnePiece(t *testing.T) {
	east := time.FixedZone("east", 3600)
	for _, d := range []users.Data{
		&users.Account{Name: "Acme"}, &users.Profile{Email: "ada@example.com", Custom: map[string]string{"desk": "4"}}, &users.Line{PBX: "p", Short: "1"},
		&users.Subscription{Product: "voice", Total: 3}, &users.Role{Name: "agent"}, &users.Unit{Path: "Acme/Sales"}, &users.PBX{Name: "p", Ranges: []string{"1000-1999", "#1"}},
		&users.Import{Template: "t", State: users.ImportDone, Counts: map[string]int{"created": 2}},
	} {
		t.Run(string(users.Record{Data: d}.Kind()), func(t *testing.T) {
			r := users.Record{Head: users.Head{ID: "x", Account: "acme", Version: 7, Created: time.Date(2026, 3, 1, 13, 0, 0, 1_999_999, east)}, Data: d}
			text, err := users.EncodeRecord(r)
			require.NoError(t, err)
			got, err := users.DecodeRecord(text)
			require.NoError(t, err)
			r.Created = time.Date(2026, 3, 1, 12, 0, 0, 1_000_000, time.UTC)
			require.Empty(t, cmp.Diff(r, got), "(-want +got)")
			again, err := users.EncodeRecord(got)
			require.NoError(t, err)
			require.Equal(t, string(text), string(again))
		})
	}
}

// The text is one object: head, kind and data.
func TestRecordText(t *testing.T) {
	text, err := users.EncodeRecord(users.Record{Head: users.Head{ID: "x", Account: "acme", Version: 1}, Data: &users.Role{Name: "agent"}})
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"x","account":"acme","version":1,"kind":"role","data":{"name":"agent"}}`, string(text))
}

func TestNoRecord(t *testing.T) {
	_, err := users.EncodeRecord(users.Record{Head: users.Head{ID: "x"}})
	require.EqualError(t, err, "users: encode: record x has no data")
	for _, s := range []string{``, `[]`, `{}`, `{"kind":"nonsense","data":{}}`, `{"kind":"user"}`, `{"kind":"user","data":[]}`} {
		_, err := users.DecodeRecord([]byte(s))
		require.ErrorContains(t, err, "users: decode", s)
	}
}

// A name is as it is written, and a key of it leads to the record.
func TestName(t *testing.T) {
	head := users.Head{ID: "x1", Account: "acme"}
	for _, tt := range []struct {
		space users.Space
		data  users.Data
		want  string
	}{
		{users.SpaceID, &users.Unit{Path: "Acme/Sales"}, "x1"},
		{users.SpaceUnit, &users.Unit{Path: "Acme/Sales"}, "Acme/Sales"},
		{users.SpaceRole, &users.Unit{Path: "Acme/Sales"}, ""},
		{users.SpaceLine, &users.Line{PBX: "PBX1", Short: "#A", Internal: "7"}, "PBX1/#A"},
		{users.SpaceInternal, &users.Line{PBX: "PBX1", Short: "#A", Internal: "7"}, "PBX1/7"},
		{users.SpaceNumber, &users.Line{PBX: "PBX1", Short: "#A"}, ""},
		{users.SpaceLANID, &users.Profile{ContactCentre: &users.ContactCentre{LANID: "ALovelace"}}, "ALovelace"},
		{users.SpaceEmail, nil, ""},
	} {
		r := users.Record{Head: head, Data: tt.data}
		require.Equal(t, tt.want, r.Name(tt.space))
		if tt.want != "" && tt.space != users.SpaceID {
			require.Contains(t, r.Keys(), users.KeyOf("acme", tt.space, tt.want))
		}
	}
}
