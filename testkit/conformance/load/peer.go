package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

const peerName = "oauth2-mock-server"

// startPeer starts oauth2-mock-server as package-lock.json pins it, by the
// Node that it pins, and installs both if they are not there.
func startPeer(ctx context.Context) (*server, error) {
	command, err := peerCommand(ctx)
	if err != nil {
		return nil, err
	}
	return launch(ctx, nil, command...)
}

func peerCommand(ctx context.Context) ([]string, error) {
	const modules = "load/node_modules"
	if err := installPeer(ctx, modules); err != nil {
		return nil, err
	}
	architecture := runtime.GOARCH
	if architecture == "amd64" {
		architecture = "x64"
	}
	node := filepath.Join(modules, "node-linux-"+architecture, "bin", "node")
	if _, err := os.Stat(node); err != nil {
		node = "node" // that of the machine will tell if it is too old
	}
	script := filepath.Join(modules, peerName, "dist", "oauth2-mock-server.mjs")
	return []string{node, script, "-a", "127.0.0.1", "-p", "0"}, nil
}

func installPeer(ctx context.Context, modules string) error {
	wanted, err := os.Stat("load/package-lock.json")
	if err != nil {
		return err
	}
	if installed, err := os.Stat(filepath.Join(modules, ".package-lock.json")); err == nil && !installed.ModTime().Before(wanted.ModTime()) {
		return nil
	}
	// Some packages ask for another Node than runs npm; nothing of them runs here.
	c := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	c.Dir = "load"
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
}
