// The floor under every reader here: takes the bytes of the stream from the kernel, and looks at none of them.
// Given the address; prints {"cpuSeconds":…,"counted":…}, counted in bytes.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK (1 << 20)

static const char upgrade[] = "GET /drain HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
static const char subscribe[] = "{\"action\":\"rtm/subscribe\",\"id\":1,\"body\":{\"channel\":\"c\"}}";

static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void read_exactly(int fd, unsigned char *to, size_t size) {
  if (recv(fd, to, size, MSG_WAITALL) != (ssize_t)size) exit(1);
}

int main(int argc, char **argv) {
  int port;
  if (argc < 2 || sscanf(argv[1], "ws://127.0.0.1:%d", &port) != 1) return 1;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return 1;

  // Masked with zeros, as a client must mask.
  unsigned char header[6] = {0x81, 0x80 + sizeof subscribe - 1};
  write(fd, upgrade, sizeof upgrade - 1);
  write(fd, header, sizeof header);
  write(fd, subscribe, sizeof subscribe - 1);

  // Byte by byte to the end of the answer, then the one short frame that accepts the subscription.
  unsigned char *chunk = malloc(CHUNK);
  unsigned char last[4] = {0};
  while (memcmp(last, "\r\n\r\n", 4) != 0) {
    memmove(last, last + 1, 3);
    read_exactly(fd, last + 3, 1);
  }
  read_exactly(fd, chunk, 2);
  read_exactly(fd, chunk, chunk[1]);

  double start = cpu_seconds();
  unsigned long long counted = 0;
  for (ssize_t size; (size = read(fd, chunk, CHUNK)) > 0;) counted += size;
  printf("{\"cpuSeconds\":%.6f,\"counted\":%llu}\n", cpu_seconds() - start, counted);
  return 0;
}
