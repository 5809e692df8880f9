// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the circles of references between top-level types: their strongly connected components. */
final class TypeCircles {
  private final Map<String, Set<String>> references;
  private final Map<String, Integer> index = new HashMap<>();
  private final Deque<String> stack = new ArrayDeque<>();
  private final List<Set<String>> circles = new ArrayList<>();

  private TypeCircles(Map<String, Set<String>> references) {
    this.references = references;
  }

  /** Returns every circle of two types or more, each as a set of type names. */
  static List<Set<String>> of(JavaClasses classes) {
    Map<String, Set<String>> references = new HashMap<>();
    for (JavaClass type : classes) {
      Set<String> targets = references.computeIfAbsent(topLevel(type), name -> new TreeSet<>());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = topLevel(dependency.getTargetClass());
        if (classes.contain(target)) {
          targets.add(target);
        }
      }
    }
    return of(references);
  }

  static List<Set<String>> of(Map<String, Set<String>> references) {
    TypeCircles search = new TypeCircles(references);
    for (String type : references.keySet()) {
      if (!search.index.containsKey(type)) {
        search.visit(type);
      }
    }
    return search.circles;
  }

  static String topLevel(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  /** Tarjan's algorithm. */
  private int visit(String type) {
    int mine = index.size();
    index.put(type, mine);
    int lowest = mine;
    stack.push(type);
    for (String target : references.getOrDefault(type, Set.of())) {
      if (!index.containsKey(target)) {
        lowest = Math.min(lowest, visit(target));
      } else if (stack.contains(target)) {
        lowest = Math.min(lowest, index.get(target));
      }
    }
    if (lowest == mine) {
      Set<String> circle = new TreeSet<>();
      String member;
      do {
        member = stack.pop();
        circle.add(member);
      } while (!member.equals(type));
      if (circle.size() > 1) {
        circles.add(circle);
      }
    }
    return lowest;
  }
}
