// Verifies checkpoints and proofs of a server with the packages of Go's checksum database, which share no code with ours.
//
//	go run verify-note.go VKEY < CASES
//
// CASES is one JSON object per line; each answer is one line: "ok", or why not.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type testCase struct {
	Checkpoint string
	Earlier    string
	Index      int64
	LeafHash   string
	Hashes     []string
}

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var given testCase
		err := json.Unmarshal(lines.Bytes(), &given)
		if err == nil {
			err = check(verifier, given)
		}
		if err != nil {
			fmt.Println(err)
		} else {
			fmt.Println("ok")
		}
	}
}

func check(verifier note.Verifier, given testCase) error {
	size, root, err := opened(verifier, given.Checkpoint)
	if err != nil {
		return err
	}
	hashes := make([]tlog.Hash, len(given.Hashes))
	for i, text := range given.Hashes {
		if hashes[i], err = tlog.ParseHash(text); err != nil {
			return err
		}
	}
	if given.Earlier != "" {
		from, old, err := opened(verifier, given.Earlier)
		if err != nil {
			return err
		}
		return tlog.CheckTree(hashes, size, root, from, old)
	}
	leaf, err := tlog.ParseHash(given.LeafHash)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(hashes, size, root, given.Index, leaf)
}

// The size and the root in a note that the key has signed.
func opened(verifier note.Verifier, text string) (size int64, root tlog.Hash, err error) {
	signed, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return 0, root, err
	}
	lines := strings.Split(signed.Text, "\n")
	if size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return 0, root, err
	}
	bytes, err := base64.StdEncoding.DecodeString(lines[2])
	copy(root[:], bytes)
	return size, root, err
}
