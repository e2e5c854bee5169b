#pragma once

#include <cstdio>
#include <string>
#include <unistd.h>

namespace crmsync::test {

/// What goes to standard error while it lives.
class Captured {
public:
    Captured() : file_(std::tmpfile()), before_(dup(STDERR_FILENO))
    {
        std::fflush(stderr);
        dup2(fileno(file_), STDERR_FILENO);
    }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;
    ~Captured()
    {
        restore();
        std::fclose(file_);
    }

    std::string text()
    {
        restore();
        std::rewind(file_);
        std::string all;
        for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_))
            all += static_cast<char>(c);
        return all;
    }

private:
    void restore()
    {
        std::fflush(stderr);
        if (before_ < 0)
            return;
        dup2(before_, STDERR_FILENO);
        close(before_);
        before_ = -1;
    }
    std::FILE* file_;
    int before_;
};

} // namespace crmsync::test
