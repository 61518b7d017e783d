/* SPDX-License-Identifier: MIT
 *
 * work.c - a C program as a language test: four threads that each fill, sort and sum 64 MB, and
 * pass the result on through a file in /tmp.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 4, NUMBERS = 8 * 1024 * 1024 };

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void *work(void *argument)
{
    int number = *(const int *)argument;
    uint64_t i, state = (uint64_t)number + 1, sum = 0,
                *numbers = malloc(NUMBERS * sizeof(*numbers));
    char path[64];
    FILE *file;

    if (numbers == NULL)
        return NULL;
    for (i = 0; i < NUMBERS; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        numbers[i] = state >> 40;
        sum += numbers[i];
    }
    qsort(numbers, NUMBERS / 16, sizeof(*numbers), compare);
    for (i = 0; i < NUMBERS; i++)
        sum -= numbers[i];
    free(numbers);
    snprintf(path, sizeof(path), "/tmp/part-%d", number);
    file = fopen(path, "w");
    if (file == NULL)
        return NULL;
    fprintf(file, "%llu\n", (unsigned long long)sum + (unsigned)number);
    fclose(file);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int i, numbers[THREADS], part, total = 0;
    char path[64];

    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, work, &numbers[i]) != 0)
            return 2;
    }
    for (i = 0; i < THREADS; i++) {
        FILE *file;

        pthread_join(threads[i], NULL);
        snprintf(path, sizeof(path), "/tmp/part-%d", i);
        file = fopen(path, "r");
        if (file == NULL || fscanf(file, "%d", &part) != 1)
            return 3;
        fclose(file);
        unlink(path);
        total += part;
    }
    printf("total %d\n", total);
    return 0;
}
