#pragma once

#include "base/timestamp.hpp"
#include "model/item.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace crmsync::sync {

/// How this process left items a moment ago. The provider tells of them again, just as they were
/// left: such an echo says nothing new, and the database need not be asked about it. What is
/// forgotten here, the database knows.
class OwnWrites {
public:
    /// The item is owed an answer.
    void expect(const Item& item, Timestamp now);
    /// The answer was written, or was there already, and nothing on the item asks for more.
    void left(const std::string& item_id, const Version& version,
              std::vector<std::string> categories, Timestamp now);
    bool is_echo(const Item& item, Timestamp now) const;

private:
    struct Left {
        std::size_t folder = 0;
        std::size_t shown = 0; ///< version and categories; zero: not written yet
        Timestamp at{};
    };
    /// By hash of the id.
    std::unordered_map<std::size_t, Left> items_;
};

} // namespace crmsync::sync
