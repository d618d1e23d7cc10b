package rainbow

import (
	"context"
	"errors"
	"fmt"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// Read finds out what the account has: its country, its systems and their
// groups, and which short numbers these may have. An account out of reach has
// none. The Normalizer is the caller's to choose.
func Read(ctx context.Context, dir *users.Directory, account users.AccountID) (*Options, error) {
	opts := &Options{PBXs: map[string]string{}}
	rec, err := dir.Get(ctx, users.ID(account))
	if err != nil && !errors.Is(err, users.ErrNotFound) {
		return nil, fmt.Errorf("rainbow: account: %w", err)
	}
	if a, ok := rec.Data.(*users.Account); ok {
		opts.Region = a.Region
	}
	ranges := map[string][]extensions.Range{}
	for r, err := range dir.All(ctx, users.Query{Kind: users.KindPBX, Scope: users.Scope{Accounts: []users.AccountID{account}}}) {
		if err != nil {
			return nil, fmt.Errorf("rainbow: systems: %w", err)
		}
		p, ok := r.Data.(*users.PBX)
		if !ok {
			continue
		}
		opts.PBXs[p.Name] = p.Group
		for _, text := range p.Ranges {
			x, err := extensions.ParseRange(text)
			if err != nil {
				return nil, fmt.Errorf("rainbow: %s: %w", p.Name, err)
			}
			ranges[p.Name] = append(ranges[p.Name], x)
		}
	}
	if opts.Plan, err = extensions.NewPlan(ranges); err != nil {
		return nil, fmt.Errorf("rainbow: %w", err)
	}
	return opts, nil
}
