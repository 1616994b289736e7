package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
)

// An instance is a server that listens.
type instance struct {
	server    *server.Server
	ca        *localtls.CA
	listeners []net.Listener
	http      *http.Server
	log       *slog.Logger
	text      bool // the log is for people
	state     string
	served    chan error
	stop      context.CancelFunc
}

// start makes a server of the flags and lets it listen.
func start(w World, c *cli.Command, addrs []string) (*instance, error) {
	log, text, err := newLog(w, c.String("log"))
	if err != nil {
		return nil, err
	}
	config, err := serverConfig(w, c)
	if err != nil {
		return nil, err
	}
	in := &instance{log: log, text: text, state: c.String("state"), served: make(chan error, 1)}
	config.Log = log
	if config.Restore, err = loadState(in.state); err != nil {
		return nil, err
	}
	if in.ca, err = openCA(c, func(s string) { log.Warn(s) }); err != nil {
		return nil, err
	}
	config.CA = in.ca.PEM
	if in.server, err = server.New(config); err != nil {
		return nil, err
	}
	for _, warning := range in.server.Fixture().Warnings {
		log.Warn(warning)
	}
	if in.listeners, err = localtls.ListenAll(addrs); err != nil {
		return nil, err
	}
	// Waiting calls end when the server does.
	base, stop := context.WithCancel(context.Background())
	in.stop = stop
	in.http = &http.Server{
		Handler:           in.server,
		ReadHeaderTimeout: 30 * time.Second,
		ReadTimeout:       2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    1 << 20,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() { in.served <- localtls.Serve(in.http, in.ca.TLSConfig(), in.listeners...) }()
	return in, nil
}

// host is what to call the server in a URL: localhost if it listens there.
func (in *instance) host() string {
	addr := in.listeners[0].Addr().(*net.TCPAddr)
	if addr.IP.IsLoopback() || addr.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", addr.Port)
	}
	return addr.String()
}

// drain lets the calls that are being answered finish, and saves the state.
func (in *instance) drain() error {
	in.stop()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := in.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = in.http.Close()
	}
	<-in.served
	return errors.Join(err, saveState(in.state, in.server))
}

// loadState reads what an earlier run saved, if it did.
func loadState(file string) (*fixtures.Fixture, error) {
	if file == "" {
		return nil, nil
	}
	f, err := fixtures.ParseFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// saveState writes the state beside the file and then in its place, so that no
// reader sees half of it.
func saveState(file string, s *server.Server) error {
	if file == "" {
		return nil
	}
	data, err := s.State().JSON()
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("the state cannot be saved: %w", err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Close()); err != nil {
		return fmt.Errorf("the state cannot be saved: %w", err)
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return fmt.Errorf("the state cannot be saved: %w", err)
	}
	return nil
}
