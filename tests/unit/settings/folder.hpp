#pragma once

#include "base/failure.hpp"
#include "settings/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crmsync::test {

/// A folder of its own for the files of one test case.
class Folder {
public:
    Folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "crmsync-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string path(std::string_view name) const { return (path_ / name).string(); }
    std::string write(std::string_view name, std::string_view content) const
    {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }

    /// What load_settings() says about such a file, without the folder; empty when it takes it.
    std::string complaint(std::string_view toml) const
    {
        try {
            load_settings(write("crmsync.toml", toml));
            return "";
        } catch (const UsageError& error) {
            std::string text = error.what();
            const std::string folder = path_.string() + "/";
            for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder))
                text.erase(at, folder.size());
            return text;
        }
    }
    Settings load(std::string_view toml) const
    {
        return load_settings(write("crmsync.toml", toml));
    }

private:
    std::filesystem::path path_;
};

/// An environment variable for the length of a test case.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { unsetenv(name_); }

private:
    const char* name_;
};

} // namespace crmsync::test
