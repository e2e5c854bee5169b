#pragma once

#include <string>
#include <vector>

namespace crmsync::bench {

/// What was measured, as lines of name, value, and what was hoped for.
class Table {
public:
    explicit Table(std::string title) : title_(std::move(title)) {}

    void add(std::string name, std::string value, std::string goal = "");
    void print() const;

private:
    struct Line {
        std::string name, value, goal;
    };
    std::string title_;
    std::vector<Line> lines_;
};

/// "met" or "missed", behind the goal.
std::string verdict(std::string goal, bool met);

} // namespace crmsync::bench
