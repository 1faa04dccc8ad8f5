// The client for every server of the streams benchmarks: no runtime, no allocation, one system call per
// message. It prints one line of figures.
//
//   load send PORT MILLISECONDS PIECE            sends pieces over one connection, as fast as possible
//   load echo PORT MILLISECONDS CONNECTIONS          echoes 64 bytes, on all connections at once
//   load open PORT MILLISECONDS CONNECTIONS          the same, each time over a new connection
//   load cast PORT MILLISECONDS CONNECTIONS          sends 64 bytes, and waits until every connection has them
//   load idle PORT CONNECTIONS                       connects, prints the number, and waits for a line
//
// For the client benchmarks, it is the server. It prints its port, and exits at end of input.
//
//   load serve 0 echo | close                        echoes 64 bytes, or echoes them once and closes

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { message = 64, chunk_size = 1 << 18 };
static char chunk[chunk_size + 4096], input[1 << 18];
static int port;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// A closed connection keeps its port for a minute. Each one uses the next address of the loopback network,
// so that ports do not run out.
static int connect_to_server(void) {
  static uint32_t last;
  int on = 1, handle = socket(AF_INET, SOCK_STREAM, 0);
  if (handle < 0) fail("socket");
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(0x7f000002 + last++ % 200);
  setsockopt(handle, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(handle, (struct sockaddr *)&address, sizeof address)) fail("bind");
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (connect(handle, (struct sockaddr *)&address, sizeof address)) fail("connect");
  setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return handle;
}

static void send_pieces(int64_t limit, char **pieces, int count) {
  int size = 0, filled = 0;
  for (int index = 0; index < count; index++) {
    for (char *hex = pieces[index]; *hex; hex += 2, size++) sscanf(hex, "%2hhx", &chunk[size]);
  }
  for (filled = size; filled + size <= chunk_size; filled += size) memcpy(chunk + filled, chunk, size);
  int handle = connect_to_server();
  // Limits how much the server still has to handle when the time is up.
  int on_its_way = 1 << 19;
  setsockopt(handle, SOL_SOCKET, SO_SNDBUF, &on_its_way, sizeof on_its_way);
  fcntl(handle, F_SETFL, O_NONBLOCK);
  int64_t start = now(), sent = 0, received = 0;
  char tail[32] = "";
  for (int position = 0, sending = 1;;) {
    struct pollfd poll_for = {handle, sending ? POLLIN | POLLOUT : POLLIN, 0};
    if (poll(&poll_for, 1, 20000) <= 0) fail("poll");
    if (poll_for.revents & (POLLIN | POLLHUP | POLLERR)) {
      ssize_t got = read(handle, input, sizeof input);
      if (got == 0) break;
      if (got < 0 && errno != EAGAIN) fail("read");
      if (got > 0) {
        received += got;
        // The last answer may contain the number of pieces.
        if (got < 32) memcpy(tail, input, got), tail[got] = 0;
      }
    }
    if (!(poll_for.revents & POLLOUT)) continue;
    // Send whole pieces only.
    if (position == 0 && now() - start >= limit) {
      shutdown(handle, SHUT_WR);
      sending = 0;
      continue;
    }
    ssize_t put = write(handle, chunk + position, filled - position);
    if (put < 0 && errno != EAGAIN) fail("write");
    if (put > 0) sent += put, position = (position + put) % filled;
  }
  printf("%ld %ld %ld %ld\n", (long)(now() - start), (long)(sent / size), (long)received, atol(tail));
}

static void echo(int64_t limit, int connections, int anew) {
  int queue = epoll_create1(0), open = connections;
  int handles[1024], missing[1024];
  struct epoll_event event = {.events = EPOLLIN}, events[128];
  memset(chunk, 'x', message);
  int64_t start = now(), done = 0;
  for (int index = 0; index < connections; index++) {
    event.data.u32 = index;
    missing[index] = message;
    handles[index] = connect_to_server();
    epoll_ctl(queue, EPOLL_CTL_ADD, handles[index], &event);
    if (write(handles[index], chunk, message) != message) fail("write");
  }
  while (open > 0) {
    int count = epoll_wait(queue, events, 128, 20000);
    if (count <= 0) fail("epoll_wait");
    for (int place = 0; place < count; place++) {
      int index = events[place].data.u32;
      ssize_t got = read(handles[index], input, missing[index]);
      if (got <= 0) fail("read");
      if (missing[index] -= got) continue;
      missing[index] = message;
      done++;
      int ends = now() - start >= limit;
      if (anew || ends) {
        close(handles[index]);
        if (ends) {
          open--;
          continue;
        }
        event.data.u32 = index;
        handles[index] = connect_to_server();
        epoll_ctl(queue, EPOLL_CTL_ADD, handles[index], &event);
      }
      if (write(handles[index], chunk, message) != message) fail("write");
    }
  }
  printf("%ld %ld 0 0\n", (long)(now() - start), (long)done);
}

static void allow_many_files(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

static void cast(int64_t limit, int connections) {
  int queue = epoll_create1(0);
  int *handles = calloc(connections, sizeof *handles), *missing = calloc(connections, sizeof *missing);
  struct epoll_event event = {.events = EPOLLIN}, events[128];
  memset(chunk, 'x', message);
  allow_many_files();
  for (int index = 0; index < connections; index++) {
    event.data.u32 = index;
    handles[index] = connect_to_server();
    epoll_ctl(queue, EPOLL_CTL_ADD, handles[index], &event);
  }
  int64_t start = now(), done = 0;
  do {
    for (int index = 0; index < connections; index++) missing[index] = message;
    // The server accepts connections in order, so once it has this message, it has accepted all.
    if (write(handles[connections - 1], chunk, message) != message) fail("write");
    for (int waiting = connections; waiting > 0;) {
      int count = epoll_wait(queue, events, 128, 20000);
      if (count <= 0) fail("epoll_wait");
      for (int place = 0; place < count; place++) {
        int index = events[place].data.u32;
        ssize_t got = read(handles[index], input, missing[index]);
        if (got <= 0) fail("read");
        if ((missing[index] -= got) == 0) waiting--;
      }
    }
    done += connections;
  } while (now() - start < limit);
  printf("%ld %ld 0 0\n", (long)(now() - start), (long)done);
  fflush(stdout);
  // The connections stay open until the server has reported its usage.
  if (read(0, input, 1) < 0) fail("read");
}

static void serve(int closes) {
  int queue = epoll_create1(0), on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[128];
  allow_many_files();
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address)) fail("bind");
  if (listen(listener, 4096)) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = 0;
  epoll_ctl(queue, EPOLL_CTL_ADD, 0, &event);
  for (;;) {
    int count = epoll_wait(queue, events, 128, -1);
    for (int place = 0; place < count; place++) {
      int handle = events[place].data.fd;
      if (handle == 0) return;
      if (handle == listener) {
        event.data.fd = accept(listener, NULL, NULL);
        setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(queue, EPOLL_CTL_ADD, event.data.fd, &event);
        continue;
      }
      ssize_t got = read(handle, input, sizeof input);
      if (got > 0 && write(handle, input, got) != got) fail("write");
      // The side that closes first keeps the port for a minute, which must not be the client.
      if (got <= 0 || closes) close(handle);
    }
  }
}

static void idle(int connections) {
  struct rlimit files;
  allow_many_files();
  getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < (rlim_t)connections + 100) connections = files.rlim_cur - 100;
  for (int opened = 1; opened <= connections; opened++) {
    int handle = connect_to_server();
    // The server accepts connections in order, so an answer here means that it has accepted all so far.
    if (opened % 100 && opened < connections) continue;
    if (write(handle, chunk, message) != message) fail("write");
    for (int missing = message; missing > 0;) {
      ssize_t got = read(handle, input, missing);
      if (got <= 0) fail("read");
      missing -= got;
    }
  }
  printf("0 %d 0 0\n", connections);
  fflush(stdout);
  if (read(0, input, 1) < 0) fail("read");
}

int main(int count, char **words) {
  if (count < 4) return 2;
  port = atoi(words[2]);
  if (!strcmp(words[1], "serve")) return serve(!strcmp(words[3], "close")), 0;
  if (!strcmp(words[1], "idle")) return idle(atoi(words[3])), 0;
  int64_t limit = atol(words[3]) * 1000000LL;
  if (!strcmp(words[1], "send")) return send_pieces(limit, words + 4, count - 4), 0;
  if (!strcmp(words[1], "cast")) return cast(limit, atoi(words[4])), 0;
  return echo(limit, atoi(words[4]), !strcmp(words[1], "open")), 0;
}
