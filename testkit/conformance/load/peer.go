package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

const peerName = "oauth2-mock-server"

var errNoPeer = errors.New(peerName + " is not to be had here")

// startPeer starts the peer, unless an earlier try has shown that it is not to
// be had: then the error is errNoPeer.
func (b *bench) startPeer() (*server, error) {
	if b.peer == nil {
		return nil, errNoPeer
	}
	return launch(b.ctx, nil, b.peer...)
}

// findPeer finds the peer that package-lock.json pins, with the Node that it
// pins, and installs both if they are not there. It tells why there is none.
func (b *bench) findPeer() error {
	const modules = "load/node_modules"
	if err := installPeer(b.ctx, modules); err != nil {
		return fmt.Errorf("%w: %w", errNoPeer, err)
	}
	architecture := runtime.GOARCH
	if architecture == "amd64" {
		architecture = "x64"
	}
	node := filepath.Join(modules, "node-linux-"+architecture, "bin", "node")
	if _, err := os.Stat(node); err != nil {
		node = "node" // that of the machine
	}
	b.peer = []string{node, filepath.Join(modules, peerName, "dist", peerName+".mjs"), "-a", "127.0.0.1", "-p", "0"}
	s, err := b.startPeer()
	if err != nil {
		b.peer = nil
		return fmt.Errorf("%w: %w", errNoPeer, err)
	}
	s.stop()
	return nil
}

func installPeer(ctx context.Context, modules string) error {
	wanted, err := os.Stat("load/package-lock.json")
	if err != nil {
		return err
	}
	if installed, err := os.Stat(filepath.Join(modules, ".package-lock.json")); err == nil && !installed.ModTime().Before(wanted.ModTime()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	// Some packages ask for another Node than runs npm; nothing of them runs here.
	c := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	c.Dir = "load"
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
}
