/* SPDX-License-Identifier: MIT
 * verdict: RE
 *
 * Ends by an exception that nobody catches, and so by abort().
 */
#include <stdexcept>

int main()
{
    throw std::logic_error("not like this");
}
