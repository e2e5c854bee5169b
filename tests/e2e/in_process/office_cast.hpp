#pragma once

#include "base/text.hpp"
#include "e2e/in_process/letters.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>

// Who plays in the office, for the files of OfficePlay.
namespace crmsync::test {

inline const std::vector<std::string> people{kim, lee, "max@contoso.example"};
/// Has a mode of its own, contacts; the others have that of the policy.
inline constexpr std::size_t max = 2;
inline constexpr std::size_t burst_size = 11; ///< one more than the guard believes

inline std::string first_name(std::size_t mailbox)
{
    return people.at(mailbox).substr(0, people[mailbox].find('@'));
}

/// A number of a step, as one of so many things.
inline std::size_t index(int number, std::size_t size)
{
    return static_cast<std::size_t>(number) % size;
}

inline bool is_ours(const std::string& category) { return category.starts_with("CRM"); }

inline std::string shown(const std::set<std::string>& categories)
{
    return join({categories.begin(), categories.end()}, ", ");
}

} // namespace crmsync::test
