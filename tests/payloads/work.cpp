/* SPDX-License-Identifier: MIT
 *
 * work.cpp - a C++ program as a language test: four threads that each fill, sort and sum 64 MB, and
 * pass the result on through a file in /tmp; an exception is thrown and caught.
 */
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static std::string part_path(int number)
{
    return "/tmp/part-" + std::to_string(number);
}

static void work(int number)
{
    std::vector<std::uint64_t> numbers(8 * 1024 * 1024);
    std::mt19937_64 random(static_cast<std::uint64_t>(number));

    for (auto &value : numbers)
        value = random() >> 40;
    auto sum = std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
    std::sort(numbers.begin(), numbers.begin() + 500000);
    sum -= std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
    std::ofstream(part_path(number)) << sum + static_cast<std::uint64_t>(number) << '\n';
}

int main()
{
    std::vector<std::thread> threads;
    int total = 0;

    for (int i = 0; i < 4; i++)
        threads.emplace_back(work, i);
    for (auto &thread : threads)
        thread.join();
    for (int i = 0; i < 4; i++) {
        int part = -1;
        std::ifstream(part_path(i)) >> part;
        std::filesystem::remove(part_path(i));
        total += part;
    }
    try {
        throw std::runtime_error("thrown");
    } catch (const std::exception &error) {
        std::cout << error.what() << '\n';
    }
    std::cout << "total " << total << '\n';
    return 0;
}
