package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// grace is the time that requests have to finish after the program is stopped.
const grace = 30 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "backend:", err)
		os.Exit(1)
	}
}

// run serves requests until ctx is done.
func run(ctx context.Context, args []string, out, problems io.Writer) (err error) {
	flags := flag.NewFlagSet("backend", flag.ContinueOnError)
	flags.SetOutput(problems)
	addr := flags.String("addr", "127.0.0.1:8080", "`ADDRESS` to listen on")
	path := flags.String("db", "backend.db", "`FILE` of the SQLite database (created if it does not exist)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(problems, nil))

	db, err := openDatabase(ctx, *path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s, err := newServer(ctx, db, log)
	if err != nil {
		return err
	}
	if err := seed(ctx, db); err != nil {
		return err
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	if err := s.greet(ctx, out, l.Addr().String(), *path); err != nil {
		return errors.Join(err, l.Close())
	}
	srv := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      commitTime + time.Minute, // the longest request is a commit
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	// A longer commit is interrupted. Its written rows are in the journal, and the
	// next request resumes it.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		return errors.Join(err, srv.Close())
	}
	<-served // ErrServerClosed
	return nil
}

// greet signs the seeded people in, and prints their tokens and a first command.
func (s *server) greet(ctx context.Context, out io.Writer, addr, path string) error {
	fmt.Fprintf(out, "Listening on http://%s. The people are stored in %s.\n\nTokens of the people who are signed in, valid for a day:\n", addr, path)
	first := ""
	for _, p := range seeded() {
		token, err := signIn(ctx, s.db, p.id, 24*time.Hour)
		if err != nil {
			return err
		}
		if first == "" {
			first = token
		}
		fmt.Fprintf(out, "  %-7s %-14s %s\n", p.account, p.name, token)
	}
	_, err := fmt.Fprintf(out, "\nIn another terminal:\n\n  TOKEN=%s\n  curl -H \"Authorization: Bearer $TOKEN\" -F file=@examples/testdata/hires.csv \"http://%s/previews?template=hires\"\n\n", first, addr)
	return err
}
