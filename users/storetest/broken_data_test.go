package storetest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/usher-go/usher/users"
)

func brokenData() []broken {
	// profiles changes what is stored of users.
	profiles := func(change func(*users.Profile)) func(users.Store) users.Store {
		return records(func(r *users.Record) {
			if p, ok := r.Data.(*users.Profile); ok {
				change(p)
			}
		})
	}
	// times changes the times of what is found.
	times := func(change func(time.Time) time.Time) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, find: func(ctx context.Context, keys []users.Key) ([]users.Record, error) {
				recs, err := s.Find(ctx, keys)
				recs = slices.Clone(recs)
				for i := range recs {
					recs[i].Created, recs[i].Updated = change(recs[i].Created), change(recs[i].Updated)
				}
				return recs, err
			}}
		}
	}
	return []broken{
		{"has no column for custom fields", []string{"data/full"}, profiles(func(p *users.Profile) { p.Custom = nil })},
		{"forgets a greeting", []string{"data/full"}, profiles(func(p *users.Profile) {
			if p.ContactCentre != nil {
				p.ContactCentre.Greeting = ""
			}
		})},
		{"forgets an import's counts", []string{"data/full"}, records(func(r *users.Record) {
			if imp, ok := r.Data.(*users.Import); ok {
				imp.Counts = nil
			}
		})},
		{"fills in the source", []string{"data/empty"}, profiles(func(p *users.Profile) {
			if p.Source == "" {
				p.Source = users.Local
			}
		})},
		{"makes a contact centre of nothing", []string{"data/empty"}, profiles(func(p *users.Profile) {
			if p.ContactCentre == nil {
				p.ContactCentre = &users.ContactCentre{}
			}
		})},
		{"trims text", []string{"data/text"}, profiles(func(p *users.Profile) { p.DisplayName = strings.TrimSpace(p.DisplayName) })},
		{"has three bytes for a character", []string{"data/text"}, profiles(func(p *users.Profile) {
			p.DisplayName = strings.Map(func(r rune) rune {
				if r > 0xffff {
					return '?'
				}
				return r
			}, p.DisplayName)
		})},
		{"keeps seconds", []string{"data/times"}, times(func(t time.Time) time.Time { return t.Truncate(time.Second) })},
		{"answers local times", []string{"data/times"}, times(func(t time.Time) time.Time { return t.In(time.FixedZone("east", 3600)) })},
		{"fills in a time", []string{"data/times"}, times(func(t time.Time) time.Time {
			if t.IsZero() {
				return time.Unix(0, 0).UTC()
			}
			return t
		})},
	}
}

// records makes a Store that changes what it is given to keep.
func records(change func(*users.Record)) func(users.Store) users.Store {
	return func(s users.Store) users.Store {
		return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
			for i, w := range b.Writes {
				if w.Record != nil {
					r := w.Record.Clone()
					change(&r)
					b.Writes[i].Record = &r
				}
			}
			return s.Apply(ctx, b)
		}}
	}
}
