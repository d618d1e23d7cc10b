package rainbow

import (
	"context"
	"errors"
	"fmt"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// Read returns options with the country of an account, its PBXs with their groups,
// and the short numbers that each PBX may have. An account out of reach has none.
// The caller sets the Normalizer. The error is one of the directory, or names a
// PBX whose stored ranges are wrong.
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

	opts.Plan, err = extensions.NewPlan(ranges)
	if err != nil {
		return nil, fmt.Errorf("rainbow: %w", err)
	}
	return opts, nil
}
