/* SPDX-License-Identifier: MIT
 * verdict: MLE
 *
 * Wants all memory there is.
 */
#include <cstring>
#include <memory>
#include <vector>

int main()
{
    std::vector<std::unique_ptr<char[]>> eaten;

    for (;;) {
        eaten.emplace_back(new char[1 << 20]);
        std::memset(eaten.back().get(), 1, 1 << 20);
    }
}
