package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
)

// writerFor returns the writer for the extension of a file. text is the writer
// for .csv.
func writerFor(path string, text csv.Writer) (formats.Writer, error) {
	for _, w := range []formats.Writer{xlsx.Writer{}, text} {
		if strings.EqualFold(filepath.Ext(path), w.Ext()) {
			return w, nil
		}
	}
	return nil, usagef("-o %s: the name must end in .xlsx or .csv", path)
}

// writeFile writes a file with fill. A regular file is replaced as a whole or
// not at all.
func writeFile(path string, fill func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o600) // most outputs hold people
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular(): // a device or a pipe cannot be replaced
		return writeInto(path, fill)
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return fileError(path, err)
	}

	f, err := os.CreateTemp(filepath.Dir(path), ".usher-*")
	if err != nil {
		return fileError(path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := errors.Join(fill(f), f.Chmod(mode), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}

	return os.Rename(f.Name(), path)
}

func writeInto(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fileError(path, err)
	}
	return errors.Join(fill(f), f.Close())
}

// notInput returns an error if an output is one of the files that are read. A
// mistake there would replace a list by a part of it.
func notInput(out string, inputs ...string) error {
	to, err := os.Stat(out)
	if err != nil {
		return nil // a file that does not exist is no input
	}
	for _, in := range inputs {
		if from, err := os.Stat(in); err == nil && to.Mode().IsRegular() && os.SameFile(to, from) {
			return usagef("%s is a file to read; give the output another name", out)
		}
	}
	return nil
}
