/* SPDX-License-Identifier: MIT
 * verdict: OK
 *
 * Adds the numbers in three threads.
 */
#include <iostream>
#include <numeric>
#include <thread>
#include <vector>

int main()
{
    std::size_t count = 0;
    std::cin >> count;
    std::vector<long long> numbers(count), sums(3);
    for (auto &number : numbers)
        std::cin >> number;
    std::vector<std::thread> threads;
    for (std::size_t part = 0; part < sums.size(); part++)
        threads.emplace_back([&, part] {
            for (std::size_t i = part; i < count; i += sums.size())
                sums[part] += numbers[i];
        });
    for (auto &thread : threads)
        thread.join();
    std::cout << std::accumulate(sums.begin(), sums.end(), 0LL) << '\n';
    return 0;
}
