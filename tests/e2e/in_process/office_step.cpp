#include "e2e/in_process/office_step.hpp"

#include <array>

namespace crmsync::test {

namespace {

using Deed = OfficeStep::Deed;
using Mishap = OfficeStep::Mishap;

constexpr std::array deed_names = {
    "deliver",       "deliver again", "tag",           "tag tracked", "untag",       "think better",
    "set state",     "label",         "label off",     "own on",      "own off",     "move",
    "move and back", "copy",          "erase",         "burst",       "answer held", "send draft",
    "read again",    "lose cursors",  "enable or not", "policy",      "grace"};
static_assert(deed_names.size() == static_cast<std::size_t>(Deed::grace) + 1);
constexpr std::array mishap_names = {"", ", crash", ", conflict", ", throttle", ", away"};
static_assert(mishap_names.size() == static_cast<std::size_t>(Mishap::away) + 1);

} // namespace

std::ostream& operator<<(std::ostream& out, const OfficeStep& step)
{
    return out << deed_names.at(static_cast<std::size_t>(step.deed)) << ' ' << step.which << ' '
               << step.how << (step.at_once ? ", at once" : "")
               << mishap_names.at(static_cast<std::size_t>(step.mishap));
}

} // namespace crmsync::test
