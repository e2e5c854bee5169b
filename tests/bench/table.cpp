#include "bench/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::bench {

void Table::add(std::string name, std::string value, std::string goal)
{
    lines_.push_back(Line{std::move(name), std::move(value), std::move(goal)});
}

void Table::print() const
{
    std::size_t name = 0;
    std::size_t value = 0;
    for (const Line& line : lines_) {
        name = std::max(name, line.name.size());
        value = std::max(value, line.value.size());
    }
    fmt::print("{}\n{}\n", title_, std::string(title_.size(), '-'));
    for (const Line& line : lines_) {
        fmt::print("{:<{}}  {:>{}}", line.name, name, line.value, value);
        fmt::print("{}\n", line.goal.empty() ? "" : "  " + line.goal);
    }
    std::fflush(stdout);
}

std::string verdict(std::string goal, bool met) { return goal + (met ? ": met" : ": missed"); }

} // namespace crmsync::bench
