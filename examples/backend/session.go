package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/usher-go/usher/users"
)

// A person is the sender of a request.
type person struct {
	id      users.ID
	account users.AccountID
	admin   bool
}

// actor returns the rights of the person. They come from the session and the
// table of the host on every request, and never from the content of a request.
func (p person) actor() users.Actor {
	if !p.admin {
		return users.Actor{} // has access to nothing
	}
	return users.AccountAdmin(p.id, p.account)
}

// signIn starts a session. It represents the login of the host, after the person
// has been identified.
func signIn(ctx context.Context, db *sql.DB, user string, lasts time.Duration) (token string, err error) {
	token = rand.Text()
	_, err = db.ExecContext(ctx, "INSERT INTO sessions (token, user_id, expires) VALUES (?, ?, ?)", digest(token), user, time.Now().Add(lasts).Unix())
	return token, err
}

// whoIs returns the person whose token the request has, in a cookie or in the
// header Authorization, or users.ErrActor.
func whoIs(r *http.Request, db *sql.DB) (person, error) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if c, err := r.Cookie("session"); err == nil && token == "" {
		token = c.Value
	}
	var p person
	err := db.QueryRowContext(r.Context(), `SELECT u.id, u.account, u.is_admin FROM sessions AS s JOIN users AS u ON u.id = s.user_id
        WHERE s.token = ? AND s.expires > ?`, digest(token), time.Now().Unix()).Scan(&p.id, &p.account, &p.admin)
	if errors.Is(err, sql.ErrNoRows) {
		return p, users.ErrActor
	}
	return p, err
}

// digest returns the stored form of a token. A reader of the table cannot sign in
// with the digest.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
